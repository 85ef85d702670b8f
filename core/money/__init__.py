"""What things cost and what was spent: tariffs, prices, the ledger, budgets, the calculator, corrections.

May import: database and below.
"""
