"""Guides as flows: steps that one walks through with a customer, branch by branch.

`flow_of` reads a revision's content; `scenarios` picks the rows of its tables that fit a question.
Pure: text in, frozen data out; every branch keeps the words it came from.
"""

from assistant.flows.model import Branch, Flow, Note, Step, StepKind, Target, TargetKind
from assistant.flows.reading import flow_of

__all__ = ["Branch", "Flow", "Note", "Step", "StepKind", "Target", "TargetKind", "flow_of"]
