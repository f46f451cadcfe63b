"""Programs behind ``make demo``, ``make bench`` and ``make real``: they run the tool from outside."""
