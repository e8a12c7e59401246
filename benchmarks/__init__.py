"""Benchmarks: ours, a peer and the limit, interleaved. `python -m benchmarks.NAME [--quick]`."""
