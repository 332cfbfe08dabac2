"""What holds for every plan, whatever the length, the sizes and the rule."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vae_demo.layout.chunks import chunk_lengths, decode_chunks, latent_count
from vae_demo.layout.plan import plan
from vae_demo.layout.rule import FrameRule

# The same examples every time, and no clock: a busy machine must not fail a property.
settled = settings(derandomize=True, deadline=None, max_examples=100)
LENGTHS = st.integers(1, 200)
SIZES = st.one_of(st.none(), st.integers(1, 60))
STRIDES = st.integers(1, 9)
FILL = STRIDES.map(FrameRule)
RULES = st.one_of(FILL, st.builds(FrameRule, STRIDES, st.sampled_from(("alone", "paired")), st.just("drop")))


@settled
@given(LENGTHS, SIZES, FILL)
def test_same_size_on_both_sides_gives_the_clip_back(frames, size, rule):
    each = plan(frames, size, size, rule)
    assert each.slots == tuple(range(frames))
    assert (each.pads_shown, each.lost_frames, each.is_clash) == (0, (), False)
    assert each.playback_of() == tuple(range(frames))


@settled
@given(LENGTHS, SIZES, SIZES, RULES, st.booleans())
def test_what_every_plan_keeps(frames, encode, decode, rule, fit):
    each = plan(frames, encode, decode, rule, fit and encode != decode)
    shown = [slot for slot in each.slots if slot is not None]
    assert shown == sorted(set(shown)), "source frames play in order, none twice"
    assert set(shown) <= set(range(frames))
    assert each.pads_shown + len(shown) == each.frames_out
    assert len(each.lost_frames) + len(shown) == frames
    assert each.encoded_latents == latent_count(frames, encode, rule)
    assert each.latents == len(each.latent_slots) <= each.encoded_latents
    assert all(len(group) == rule.stride for group in each.latent_slots)
    assert each.frames_out == each.latents * rule.stride - sum(chunk.crop for chunk in each.decode_chunks)
    for index in (index for index in each.playback_of() if index is not None):
        assert each.slots[index] is not None


@settled
@given(LENGTHS, SIZES, SIZES, RULES)
def test_chunks_follow_each_other_without_a_gap(frames, encode, decode, rule):
    each = plan(frames, encode, decode, rule)
    for chunks in (each.encode_chunks, each.decode_chunks):
        assert chunks[0].start == chunks[0].latent_start == 0
        for before, after in zip(chunks, chunks[1:], strict=False):
            assert (before.stop, before.latent_stop) == (after.start, after.latent_start)
    assert each.encode_chunks[-1].stop == frames and each.encode_chunks[-1].latent_stop == each.encoded_latents
    assert each.decode_chunks[-1].stop == each.frames_out and each.decode_chunks[-1].latent_stop == each.latents
    assert decode_chunks(each.latents, frames, decode, rule) == each.decode_chunks
    # Every chunk shows at least one slot: a crop is always shorter than one latent's slots.
    assert all(chunk.stop > chunk.start and 0 <= chunk.crop < rule.stride for chunk in each.decode_chunks)


@settled
@given(LENGTHS, SIZES)
def test_chunk_lengths_add_up(frames, size):
    lengths = chunk_lengths(frames, size)
    assert sum(lengths) == frames and all(length == lengths[0] for length in lengths[:-1])
    assert size is None or max(lengths) <= size
