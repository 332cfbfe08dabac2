// One video, one snapshot. Every picture on the page is cut out of ONE snapshot of the tiled video, so no two
// panels can ever be on different frames. Frame i is shown by seeking to its middle, (i + 0.5) / fps.
const SEEK_PATIENCE_MS = 150;

export class TiledVideo {
  // onSnapshot(frame) runs whenever the canvas holds a new frame.
  constructor(onSnapshot) {
    this.onSnapshot = onSnapshot;
    this.canvas = document.createElement("canvas");
    this.waiting = [];
    this.load = 0;
    this.reset();
  }

  reset() {
    this.frame = -1;
    this.wanted = null;
    this.seeking = false;
    this.video = this.arriving = this.blobUrl = this.url = null;
  }

  async open(url, fps) {
    this.close();
    const load = this.load;
    this.url = url;
    // The whole file at once: seeking inside a blob needs no server and works behind any proxy.
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`the video cannot be fetched (${answer.status})`);
    const blob = await answer.blob();
    if (load !== this.load) return;
    this.fps = fps;
    this.blobUrl = URL.createObjectURL(blob);
    const video = document.createElement("video");
    Object.assign(video, {muted: true, playsInline: true, preload: "auto", src: this.blobUrl});
    this.arriving = video;
    await new Promise((resolve, reject) => {
      // "emptied" when another one is wanted before this one is there.
      for (const event of ["loadeddata", "emptied"]) video.addEventListener(event, resolve, {once: true});
      video.addEventListener("error", () => reject(new Error("the video cannot be decoded")), {once: true});
    });
    if (load !== this.load) return;
    this.arriving = null;
    this.video = video;
    this.canvas.width = video.videoWidth;
    this.canvas.height = video.videoHeight;
    this.watch(video);
    if (this.wanted !== null) this.seek(this.wanted);
  }

  watch(video) {
    video.requestVideoFrameCallback((_, meta) => {
      if (video !== this.video) return;
      this.snapshot(Math.round(meta.mediaTime * this.fps));
      this.watch(video);
    });
  }

  snapshot(frame) {
    this.canvas.getContext("2d").drawImage(this.video, 0, 0);
    this.frame = frame;
    this.waiting = this.waiting.filter((wait) => !(wait.frame === frame && (wait.done(true), true)));
    this.onSnapshot(frame);
  }

  // Whether the canvas has this frame and keeps it: where a seek was overtaken the video may stand at another one,
  // whose picture is still to come.
  holds(frame) {
    return frame === this.frame && Math.floor(this.video.currentTime * this.fps) === frame;
  }

  seek(frame) {
    this.wanted = frame;
    if (!this.video || this.seeking) return;
    if (this.holds(frame) && this.video.paused) return this.onSnapshot(frame);
    // One seek at a time; while one is under way only the newest wish is kept.
    const video = this.video;
    this.seeking = true;
    video.addEventListener("seeked", () => {
      if (video !== this.video) return;
      this.seeking = false;
      if (this.wanted !== frame) return this.seek(this.wanted);
      // A hidden tab gets no frame callback; the video itself already shows the frame.
      setTimeout(() => video === this.video && this.wanted === frame && this.frame !== frame && video.paused
        && this.snapshot(frame), SEEK_PATIENCE_MS);
    }, {once: true});
    video.currentTime = (frame + 0.5) / this.fps;
  }

  // Resolves once the canvas holds `frame`; false when something else was asked for meanwhile.
  show(frame) {
    for (const wait of this.waiting) wait.done(false);
    this.waiting = [];
    if (this.video && !this.seeking && this.holds(frame)) return Promise.resolve(true);
    const shown = new Promise((done) => this.waiting.push({frame, done}));
    this.seek(frame);
    return shown;
  }

  play(speed) {
    if (!this.video) return;
    this.video.playbackRate = speed;
    this.video.play().catch(() => {});
  }

  pause() {
    if (this.video) this.video.pause();
  }

  close() {
    this.load++;
    for (const wait of this.waiting) wait.done(false);
    this.waiting = [];
    // Nobody may still read what is let go of.
    for (const video of [this.video, this.arriving]) if (video) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
    if (this.blobUrl) URL.revokeObjectURL(this.blobUrl);
    const wanted = this.wanted;
    this.reset();
    this.wanted = wanted;
  }
}
