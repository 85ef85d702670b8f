"""What is said otherwise where money is in dollars: sentences that speak of credits.

Where a sentence can do without the noun it is the same in both worlds and does not stand here.
"""

from core.amounts import in_dollars
from core.locale import N_

_SENTENCES = {
    "Add credits in HeyGen: paid work goes on by itself when HeyGen's balance shows them, or when you "
    "resume it here.": N_(
        "Top up HeyGen's balance: paid work goes on by itself when HeyGen shows more, or when you resume "
        "it here."
    ),
    "Credits": N_("Dollars"),
    "Credits a minute": N_("Dollars a minute"),
    "Credits a month": N_("Dollars a month"),
    "Credits each": N_("Dollars each"),
    "HeyGen counts in sixtieths of a credit: a smaller difference is its rounding, and is booked as soon "
    "as there is more of it.": N_(
        "HeyGen counts in cents: a smaller difference is its rounding, and is booked as soon as there is "
        "more of it."
    ),
    "HeyGen refused a paid call {age} ({time}): its credits do not suffice.": N_(
        "HeyGen refused a paid call {age} ({time}): its balance does not suffice."
    ),
    "HeyGen says that credits do not suffice: the video is there, with a watermark": N_(
        "HeyGen says that the balance does not suffice: the video is there, with a watermark"
    ),
    "HeyGen says that its credits do not suffice. Nothing was spent": N_(
        "HeyGen says that its balance does not suffice. Nothing was spent"
    ),
    "HeyGen says that the credits do not suffice": N_("HeyGen says that the balance does not suffice"),
    "HeyGen takes the video, then says that the credits do not suffice": N_(
        "HeyGen takes the video, then says that the balance does not suffice"
    ),
    "HeyGen's credits did not suffice, so this video carries HeyGen's watermark. With credits in HeyGen, "
    "make it again to have it without.": N_(
        "HeyGen's balance did not suffice, so this video carries HeyGen's watermark. Top up HeyGen's "
        "balance and make it again to have it without."
    ),
    "In credits. HeyGen has not said its balance yet.": N_(
        "In US dollars. HeyGen has not said its balance yet."
    ),
    "In credits. HeyGen's balance was read {age}.": N_("In US dollars. HeyGen's balance was read {age}."),
    "Open Credits": N_("Open Spending"),
    "Paid work is paused, because HeyGen says that its credits are gone. Add credits in HeyGen, then "
    "resume paid work.": N_(
        "Paid work is paused, because HeyGen says that its balance is used up. Top it up in HeyGen, then "
        "resume paid work."
    ),
    "Paid work is paused, because HeyGen says that its credits are gone. Nothing was spent. Add credits "
    "in HeyGen, then resume paid work.": N_(
        "Paid work is paused, because HeyGen says that its balance is used up. Nothing was spent. Top it "
        "up in HeyGen, then resume paid work."
    ),
    "Paid work is paused: HeyGen says that its credits are gone. Runs that wait: {waiting}. Add credits "
    "in HeyGen; then it goes on by itself, or by Resume now in the Studio.": N_(
        "Paid work is paused: HeyGen says that its balance is used up. Runs that wait: {waiting}. Top it "
        "up in HeyGen; then it goes on by itself, or by Resume now in the Studio."
    ),
    "Paused before its next paid step: HeyGen's credits are gone": N_(
        "Paused before its next paid step: HeyGen's balance is used up"
    ),
    "The HeyGen account has too few API credits. Nothing was spent. Add credits in HeyGen, then retry.": N_(
        "The HeyGen account's balance does not suffice. Nothing was spent. Top it up in HeyGen, then retry."
    ),
    "Too few credits for one avatar": N_("Too little money for one avatar"),
}


def in_unit(sentence: str) -> str:
    """The sentence as it is said in this world's unit."""
    return _SENTENCES.get(sentence, sentence) if in_dollars() else sentence
