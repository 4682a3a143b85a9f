"""`corridors serve`: the planner's page and the same answers over HTTP.

`app` has the routes, `limits` what no request may exceed, `pool` the processes that answer,
`answers` what each of them does. A request is a scenario, as in a file; an answer is what the
command of the same name writes.
"""
