"""How a clip is cut: the spelling of a cut, the rule of a model, and the plan of what comes back.

Whole numbers and the standard library only, so that everything else can use it for free.
"""
