// Where playback is, on the slider of the axis: in words it counts chunks of the selected variant, whose borders the
// keys go to.
export function sayPosition(slider, {model, say, state}) {
  const v = model.of(state.selected), {frame} = state, where = {frame, n: model.n_frames}, shows = frame < v.frames_out;
  slider.setAttribute("aria-valuenow", frame);
  slider.setAttribute("aria-valuetext", shows
    ? say("says_chunk", {...where, chunk: v.chunkOf(frame) + 1, chunks: v.decode_chunks.length})
    : say("says_frame", where));
}
