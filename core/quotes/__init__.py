"""What a plan will cost before anybody pays it, for avatars and for videos.

May import: account, videos, money and below.
"""
