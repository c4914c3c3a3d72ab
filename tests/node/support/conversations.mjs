/** All that a device has not acknowledged; acknowledges it. */
export async function drain(client, count) {
  const all = [];
  for (let finished = false; !finished;) {
    const page = await client.do('PullMessages', { count });
    all.push(...page.messages);
    finished = page.finished;
    if (page.ackToken) await client.do('AckMessages', { ackToken: page.ackToken });
  }
  return all;
}
