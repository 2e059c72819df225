// What one run of a job cost, counted over the whole process: start-up, collector threads and all.

/** Runs a job and prints its line: what was asked for, what it cost, what came of it. */
export async function report(asked, run) {
  const started = process.hrtime.bigint();
  const { out, check } = await run();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  const line = {
    ...asked,
    seconds: Number(seconds.toFixed(3)),
    cpuSeconds: Number(cpuSeconds.toFixed(3)),
    ...(asked.keys === undefined ? {} : { eventsPerCpuSecond: Math.round(asked.size / cpuSeconds) }),
    // maxRSS is in kibibytes, a megabyte is 10^6 bytes.
    peakRssMb: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    out,
    check,
  };
  console.log(JSON.stringify(line));
}
