"""HeyGen on this machine, in one of its three dialects: real HTTP on loopback, with rows in DATA_DIR.

server.py       Sandbox and serve: a uvicorn server in a thread
app.py          the key, the way of a call through its fault; ask.py is the call as its work sees it
routes.py       which routes each dialect has
photos.py       photos fetched or taken as bytes, and judged; assets.py uploads them in every dialect
avatars.py      workflow: create, add motion, look at an avatar
v2.py           v2: one id for group and look, a motion is a look of its own; sunset.py announces its end
account.py      workflow and v2: groups, looks, deleting, quota
videos.py       workflow and v2: generate, status, list
v3_avatars.py   v3: groups and looks; v3_videos.py, v3_account.py, v3_hooks.py; v3.py has what they share
idempotency.py  v3: the first result of a creating call is given again
hooks.py        v3: tells endpoints what is finished
filming.py      a video in every dialect; links.py signs a finished one's address
voices.py       the voices and their samples; speakers.py says who they are
rendering.py    renders in the background, one after the other, whoever is killed meanwhile
render.py       one video file: lettering.py writes over it, murmur.py is its sound
speaking.py     how long a speaker takes, word by word
files.py        what is served to anybody: photos, videos, samples
control.py      /sandbox/…: state, faults on demand, settings, reset
faults.py       what can be made to go wrong, and which rows say so; spoiling.py is what is met then
store.py        the rows
answers.py      HeyGen's envelopes and error pages
samples/        photos of sample bloggers

May import: photos and below; nothing of the Studio's own data.
"""

from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
