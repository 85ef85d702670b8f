"""What stands between the network and the Studio: the door, the media routes, the webhook.

May import: runs, reports and below.
"""
