"""Names for runs that were given none: an adjective and a noun, which follow from the run id, so that
all ranks of a run come to the same."""

from zlib import crc32

_ADJECTIVES = (
    "amber ancient autumn azure bold brave bright brisk broad bronze calm candid careful clear clever cobalt coral"
    " crimson curious dappled daring dawn deep eager early earnest easy elegant emerald even fair fleet fond frank"
    " free fresh gentle gilded glad golden graceful grand green happy hardy hazel hidden honest humble indigo ivory"
    " jade jolly keen kind lively loyal lucid lunar mellow merry mild misty modest mossy nimble noble olive patient"
    " pearl placid plain polished proud quick quiet rapid ready robust rosy royal ruby rustic sage sandy scarlet"
    " serene sharp silent silver simple sincere smooth snowy soft solar solid spry steady still sunny swift tidy"
    " tranquil true upright velvet verdant vivid warm wild willing windy wise witty young zesty"
).split()
_NOUNS = (
    "acorn agora alcove almond amphora anchor anvil apple arch aspen badger barley basin bay beacon birch bloom boat"
    " bowl breeze bridge brook canyon cape cedar cliff cloud clover column comet compass coral cove crane creek"
    " cricket cypress dale delta dolphin dune eagle elm ember falcon fern field finch fjord flint forest fountain"
    " fox garden glade grove gull harbor harp heron hill horizon iris island ivy kestrel kiln lagoon lantern lark"
    " laurel lemon lily linden lotus lyre maple marble marsh meadow mesa mill moon mosaic myrtle oak oasis olive"
    " orchard orchid osprey otter owl papyrus peak pebble pine plateau plum pond poplar prairie quarry quartz raven"
    " reed reef ridge river robin rose sail scroll shell shore sparrow spring spruce star stone stream summit swan"
    " temple thistle thyme tide trail tulip urn vale valley vine walnut wave willow wren"
).split()


def name_of(run_id):
    """Two words that follow from a run id."""
    number = crc32(run_id.encode("utf-8", "replace"))
    return f"{_ADJECTIVES[number % len(_ADJECTIVES)]}-{_NOUNS[number // len(_ADJECTIVES) % len(_NOUNS)]}"
