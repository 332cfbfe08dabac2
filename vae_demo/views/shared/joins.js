// A run that could not be asked for says why, in the page's language, and Run comes back: the server was not reached,
// restarts, has no room, or answered with an error. Gradio would leave an English notice and wait for ever.
// The event `vd-join-failed` carries the sentence by language.
const PATIENCE_MS = 30000;
// The one notice of Gradio's that remains speaks English only.
const LOST = "Connection to the server was lost", NOTICE = "[data-testid=toast-text]";
const isJoin = (url) => /\/gradio_api\/queue\/join(\?|$)/.test(url);
const isEvent = (url) => /\/gradio_api\/run\/predict(\?|$)/.test(url);
const failed = (said) => dispatchEvent(new CustomEvent("vd-join-failed", {detail: said}));
const late = (ms) => new Promise((resolve, reject) => setTimeout(() => reject(new Error("no answer")), ms));

// Every request to the server says whose it is: who only knows the name of a session hears and stops nothing of it.
function signed(input, init) {
  const request = new Request(input, init);
  request.headers.set("x-vd-visit", window.vdVisit);
  return request;
}
const isOurs = (url) => url.includes("/gradio_api/") && new URL(url, location.href).origin === location.origin;

// sentence: of a key of words, by language.
export function guardJoins(sentence) {
  const reach = window.fetch.bind(window);

  async function why(answer) {
    if (!answer) return sentence("error_unreachable");
    try {
      const {said} = await answer.clone().json();
      if (said) return said;
    } catch (e) { /* not an answer of ours */ }
    return sentence([502, 503, 504].includes(answer.status) ? "error_restarting" : "error_server");
  }

  window.fetch = async (input, init) => {
    const url = String(input?.url || input);
    if (!isOurs(url)) return reach(input, init);
    const request = signed(input, init);
    if (!isJoin(url) && !isEvent(url)) return reach(request);
    let answer = null, error = null;
    try {
      const asked = reach(request);
      answer = await (isJoin(url) ? Promise.race([asked, late(PATIENCE_MS)]) : asked);
    } catch (e) { error = e; }
    if (answer?.ok) return answer;
    failed(await why(answer));
    // An empty list of complaints ends the event without a notice of Gradio's.
    const headers = {"content-type": "application/json"};
    if (isJoin(url)) return new Response(JSON.stringify({detail: []}), {status: 422, headers});
    if (error) throw error;
    return answer;
  };

  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      const notice = node.nodeType === Node.ELEMENT_NODE && (node.matches(NOTICE) ? node : node.querySelector(NOTICE));
      if (notice && notice.textContent.includes(LOST)) notice.textContent = sentence("connection_lost")[window.vdLang];
    }
  }).observe(document.documentElement, {childList: true, subtree: true});
}
