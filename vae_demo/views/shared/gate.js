// The server's answer to Run: an order to go, unless Cancel was pressed meanwhile; or what is wrong. The end of an
// earlier run may be told after Run was pressed again: until an order is sent, such an end is not the new run's.
// The event carries the order and what the answer says it is `of`. With `resume` the order is to watch on a run that a
// page had before it was loaded again.
//   asked()       whether Run still waits for its answer
//   begin()       such a run goes on
//   sent(said)    the order is out
//   refuse(said)  what is wrong
export function startGate({value, watch, trigger, asked, begin, sent, refuse}) {
  watch("value", () => {
    const said = value();
    if (said?.resume) begin();
    if (!said || !asked()) return;
    if (!said.go) return refuse(said);
    sent(said);
    trigger("submit", {resume: Boolean(said.resume), order: said.go, of: said.of});
  });
}
