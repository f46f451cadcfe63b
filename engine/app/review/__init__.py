"""Fixes gone through by a person: what is asked, what was answered, and what is written of it.

Pure values, no terminal and no file:

items       what is asked at once: a fix, an alternative of it, hunks of it, or an edited one
queue       the queue: position, answers, undo, find
hunks       a fix in hunks, which of them only work together, text that a person edited
texts       from answers to texts, and the diff that an item is shown with

What they need from outside:

proof       the copy in which an item, and at last all that was taken, is proven
tree        files of the user's: read, compared, written whole or not at all
memory      answers and the way back, kept below the target directory
vcs         what git has not recorded yet
screen      an item, its evidence, help: with rich
prompt      one key from the terminal: with questionary; the editor
shell       the loop that ties them together
finish      what was taken becomes texts that are proven, and then written
applying    a review from its first question to its files
command     ``spikeproof apply``
"""
