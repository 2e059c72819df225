// What one run of a job cost, counted over the whole process: start-up, collector threads and all.

/** Runs a job and prints its line. */
export async function report(job, size, run) {
  const started = process.hrtime.bigint();
  const { out, check } = await run();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage();
  const line = {
    job,
    size,
    seconds: Number(seconds.toFixed(3)),
    cpuSeconds: Number(((user + system) / 1e6).toFixed(3)),
    // maxRSS is in kibibytes, a megabyte is 10^6 bytes.
    peakRssMb: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    out,
    check,
  };
  console.log(JSON.stringify(line));
}
