"""Locks by the places that hold them: which declarations, constructors and lock calls belong together, over
all files, and only change together; who else has them; and what becomes of each lock call.

Generic in what is behind the lock. A codemod locates them by syntax (``lock_sites``) and hands them over
with rustc's types (``lock_places``); ``lock_sets`` makes the groups, ``lock_uses`` tells what is done with a
group's locks beside locking them, ``lock_guards`` what each call's guard is.
"""
