// One video, one clock. Every picture on the page is cut out of ONE snapshot of the tiled video, so no two
// panels can ever be on different frames. Frame i is shown by seeking to its middle, (i + 0.5) / fps.
class TiledVideo {
  constructor(onSnapshot) {
    this.onSnapshot = onSnapshot;
    this.canvas = document.createElement("canvas");
    this.frame = -1;
    this.video = null;
    this.blobUrl = null;
    this.wanted = null;
    this.load = 0;
  }

  async open(url, fps) {
    const load = ++this.load;
    // The whole file at once: seeking inside a blob needs no server and works behind any proxy.
    const blob = await (await fetch(url)).blob();
    if (load !== this.load) return;
    this.close();
    this.load = load;
    this.fps = fps;
    this.blobUrl = URL.createObjectURL(blob);
    const video = document.createElement("video");
    Object.assign(video, {muted: true, playsInline: true, preload: "auto", src: this.blobUrl});
    await new Promise((resolve, reject) => {
      video.addEventListener("loadeddata", resolve, {once: true});
      video.addEventListener("error", () => reject(new Error("the video cannot be decoded")), {once: true});
    });
    if (load !== this.load) return;
    this.video = video;
    this.canvas.width = video.videoWidth;
    this.canvas.height = video.videoHeight;
    this.watch(video);
    if (this.wanted !== null) this.seek(this.wanted);
  }

  watch(video) {
    video.requestVideoFrameCallback((_, meta) => {
      if (video !== this.video) return;
      this.canvas.getContext("2d").drawImage(video, 0, 0);
      this.frame = Math.round(meta.mediaTime * this.fps);
      this.onSnapshot(this.frame);
      this.watch(video);
    });
  }

  seek(frame) {
    this.wanted = frame;
    if (!this.video || this.seeking) return;
    if (frame === this.frame && this.video.paused) return this.onSnapshot(frame);
    // One seek at a time; while one is under way only the newest wish is kept.
    this.seeking = true;
    const settle = () => {
      this.seeking = false;
      if (this.wanted !== frame) this.seek(this.wanted);
    };
    this.video.addEventListener("seeked", settle, {once: true});
    this.video.currentTime = (frame + 0.5) / this.fps;
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
    this.seeking = false;
    this.frame = -1;
    if (this.video) {
      this.video.pause();
      this.video.removeAttribute("src");
      this.video.load();
    }
    if (this.blobUrl) URL.revokeObjectURL(this.blobUrl);
    this.video = this.blobUrl = null;
  }
}
