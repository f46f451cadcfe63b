"""The name by which the tool is run as a module: ``python -m spikeproof`` is ``spikeproof``."""
