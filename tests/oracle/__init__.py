"""A second way to layer, prune and price a corridor, written from the design and the files alone.

`files` reads corridor files and tables, `chains` holds the rules of transport chains, `product`
takes a posed question apart for them. Nothing here may import `corridors.network.corridor`.
"""
