"""`corridors serve`: the planner's page and the same answers over HTTP.

`app` has the routes, `guard` what no request may exceed, `workers` the processes that answer,
`answering` and `asked_studies` what each of them does. A request is a scenario, as in a file; an
answer is what the command of the same name writes.
"""
