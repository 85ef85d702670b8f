"""HeyGen's side of the account: balance, groups and their slots, what nobody owns, the connection.

May import: journal, bloggers and below.
"""
