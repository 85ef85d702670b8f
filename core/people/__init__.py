"""Who acts: members and their roles, how they came in, and the record of what they did.

May import: database and names.
"""
