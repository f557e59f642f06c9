"""What ``benchmark.py`` measures: costs, peers, scaling, and claims beside them."""
