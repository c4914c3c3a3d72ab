/** How long a test waits for something before it has failed. Only a guard: nothing takes this long. */
const patienceMs = 30_000;

/** The promise's outcome, or a failure that names what did not come. */
export async function within(promise, what, milliseconds = patienceMs) {
  let timer;
  const guard = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${milliseconds} ms.`)), milliseconds);
  });
  try {
    return await Promise.race([promise, guard]);
  } finally {
    clearTimeout(timer);
  }
}
