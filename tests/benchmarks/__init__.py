"""Benchmarks: what Kabari costs, beside its peers, on the machine they are run on."""
