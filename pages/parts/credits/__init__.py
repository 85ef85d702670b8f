"""Credits: what is left, held and spent, budgets, whether HeyGen agrees, and what a plan would cost.

May import: kit, runs and core; no other page's folder.
"""
