using System.Globalization;
using System.Text;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Reports;

/// <summary>Writes the page that publishes the figures, and keeps what people wrote at its end.</summary>
internal static class PerformancePage
{
    /// <summary>What is below this line is not touched.</summary>
    public const string HandWritten = "<!-- Written by hand from here on; everything above is written by bench/run.sh. -->";

    private const double QuietShare = 0.05;

    /// <summary>Writes the page of a run.</summary>
    public static void Write(string path, RunResult result)
    {
        var before = File.Exists(path) ? File.ReadAllText(path) : "";
        File.WriteAllText(path, Compose(result, before));
    }

    /// <summary>The page of a run, with the hand-written end of the one before.</summary>
    public static string Compose(RunResult result, string before)
    {
        var start = before.IndexOf(HandWritten, StringComparison.Ordinal);
        var end = start < 0 ? HandWritten + "\n" : before[start..];
        return Head(result) + Warnings(result) + Table(result) + Method() + end;
    }

    private static string Head(RunResult result)
    {
        var (machine, options) = (result.Machine, result.Options);
        var memory = Math.Round(machine.MemoryMiB / 1024.0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Performance

            Measured on {result.Date:yyyy-MM-dd} by `bench/run.sh`: {options.Rounds} rounds, {options.SectionSeconds} s a turn.
            {machine.Processor}, {machine.Processors} processors, {memory} GiB, Linux {machine.Kernel},
            {machine.Runtime}; servers and load generator share the machine, over the loopback.
            {result.Deliveries:N0} messages were counted at their receivers: none was lost, none came twice or out of order.


            """);
    }

    private static string Warnings(RunResult result)
    {
        var text = new StringBuilder();
        if (result.Options.Form != RunOptions.Full.Form)
            text.Append($"**This is the {result.Options.Form} form: it shows that the harness works, and no more.**\n\n");
        if (result.OthersShare > QuietShare)
            text.Append(
                CultureInfo.InvariantCulture,
                $"**Other programs used {result.OthersShare * 100:0} % of the machine meanwhile:** ")
                .Append("trust the ratios with care and the absolute figures not at all.\n\n");
        foreach (var failure in result.Failures)
            text.Append($"**Not measured:** {failure}\n\n");
        return text.ToString();
    }

    private static string Table(RunResult result)
    {
        var text = new StringBuilder(
            """
            ## Figures

            | row | what | this server | beside it | unit | ratio: median (min–max); without one: min–max | budget (aim) | |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (var row in result.Rows)
            text.Append(RowText.TableRow(row)).Append('\n');
        text.Append('\n');
        foreach (var row in result.Rows.Where(row => row.Note is not null))
            text.Append($"- {row.Id}: {row.Note}.\n");
        return text.Append('\n').ToString();
    }

    private static string Method() =>
        """
        ## How it is measured

        - **Beside it**: `bench/PlainHub`, a SignalR hub with groups, of the same ASP.NET Core and with the same JSON
          protocol. It has no identity, no order across servers, no policy for slow clients: its figures are what the
          framework alone costs.
        - **CPU** is the server process's user and system time as the kernel accounts it. A microsecond an operation is a
          second a million operations.
        - **Ratios**: the variants of a row run in turn within each round, on servers that live through all rounds and
          had five turns of each to warm up. The ratio is taken within a round; the table has the median of the rounds.
          Absolute figures of a machine drift by half within minutes, these ratios by a few hundredths.
        - **Under way**: a publish is outstanding until it is answered and has arrived at every receiver, for both
          servers. With one, this is the cost of a message alone; with sixteen, of a burst in which a server may merge
          what waits for a connection. Payloads are 128 bytes, 1,024 in the scenario of the reader that stops.
        - **Receivers** are checked one by one: every payload has a number, which must be the one before plus one. A
          scenario with a message lost, doubled or out of order fails.
        - **The generator** is one thread on epoll that scans for marks and parses nothing. Its own cost a delivery is in
          the notes.
        - **Settings**: rate limits off, rooms of any size, no end to a stalled connection; all else as delivered. Rooms,
          users and tokens are real: each connection is a user with a grain.
        - **Connecting** is measured on warm servers, 1,000 connections a turn. Memory is the growth of resident memory on
          fresh servers, from 50 connections to 50 more than the number named.
        - **The runtime** runs in a process of its own, with 100 callers that look the grain up each time.
        - **Durable messages.** SQLite is measured on the Local runtime, PostgreSQL on Orleans, alone in its cluster, with a
          database of its own on the same machine; commits wait for the disk in both. G9 runs the log in the generator's
          process, against the same statements on the same tables in a loop, planned in the same way. In G16 each user has
          eight conversations and one message outstanding; what was acknowledged is pulled from all inboxes afterwards, and a
          message that is missing, double or out of order fails the scenario. Latencies count from when a message was due.

        Not here: other servers (G14), which the harness does not install; G4 with 50,000 connections, more than one
        loopback address has ports for.

        ## Again

        ```sh
        bench/run.sh                  # everything, some 15 minutes; writes this page
        bench/run.sh --quick          # a few seconds a scenario; writes no page
        bench/run.sh --only G1,G2     # some rows; writes no page
        bench/run.sh --chat           # durable messages alone (G9, G10, G16, O1); writes no page
        bench/run.sh compare A B      # two results of artifacts/bench: which row became worse
        ```

        A difference between two runs counts from 15 % on, from 7 % when both have ten rounds (`--rounds 10`).


        """;
}
