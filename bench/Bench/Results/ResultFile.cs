using System.Text.Json;

namespace ImOrleans.Bench.Results;

/// <summary>Results as JSON, to be compared later.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes results.</summary>
    public static void Write(string path, RunResult result)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(result, Options));
    }

    /// <summary>Reads results.</summary>
    public static RunResult Read(string path) =>
        JsonSerializer.Deserialize<RunResult>(File.ReadAllText(path), Options)
        ?? throw new InvalidDataException($"{path} holds no results.");

    /// <summary>Some lines in one string.</summary>
    public static string Print(IReadOnlyList<Row> rows) => JsonSerializer.Serialize(rows, Options);

    /// <summary>Lines out of such a string.</summary>
    public static IReadOnlyList<Row> Parse(string rows) => JsonSerializer.Deserialize<List<Row>>(rows, Options) ?? [];
}
