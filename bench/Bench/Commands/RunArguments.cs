using System.Globalization;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Commands;

/// <summary>What a run was asked for.</summary>
internal sealed record RunArguments
{
    /// <summary>How long and how often.</summary>
    public RunOptions Options { get; private init; } = RunOptions.Full;

    /// <summary>The budgets to measure; empty: all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>Where the raw results go; null: nowhere.</summary>
    public string? ResultsPath { get; private init; }

    /// <summary>The page to write; null: none.</summary>
    public string? PagePath { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">Something in it is not known.</exception>
    public static RunArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new RunArguments();
        for (var i = 0; i < arguments.Count; i++)
        {
            parsed = arguments[i] switch
            {
                "--full" or "--quick" or "--smoke" => parsed with { Options = RunOptions.ByName(arguments[i][2..])! },
                "--rounds" => parsed with { Options = parsed.Options with { Rounds = Count(Value(ref i)) } },
                "--only" => parsed with { Only = Value(ref i).Split(',') },
                "--out" => parsed with { ResultsPath = Value(ref i) },
                "--page" => parsed with { PagePath = Value(ref i) },
                var unknown => throw new ArgumentException($"{unknown} is not known."),
            };
        }

        return parsed;

        string Value(ref int i) =>
            ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
    }

    private static int Count(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new ArgumentException($"{text} is no number of rounds.");
}
