using ImOrleans.Bench.Commands;

try
{
    return args switch
    {
        ["run", .. var rest] => RunCommand.Run(rest),
        ["calls", var rounds, var seconds, var grains] => await CallsCommand.RunAsync(rounds, seconds, grains),
        ["report", var results, var page] => ReportCommand.Run(results, page),
        ["compare", var before, var after] => CompareCommand.Run(before, after),
        _ => Usage(),
    };
}
catch (Exception failure) when (failure is ArgumentException or IOException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        run [--full | --quick | --smoke] [--rounds N] [--only G1,G7] [--out FILE.json] [--page FILE.md]
        report FILE.json FILE.md
        compare BEFORE.json AFTER.json
        """);
    return 2;
}
