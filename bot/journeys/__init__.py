"""Journeys: who enters, what he goes through, when it ends; a rule is a journey of one step.

`graph` makes places of steps, `nodes` decide, `course` moves one person on, `runner` does it for many and
has an actor carry it out: the store (`live`), or a list of lines (`simulate`).
"""
