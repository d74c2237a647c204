"""How fast it is, beside others: ``python -m benchmarks`` from the folder of the project.

Ratios, never limits on times: both sides of a ratio run in the same process, in turns.
"""
