namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>The instructions of the image.</summary>
internal static class Dockerfile
{
    private static readonly string[] Lines = File.ReadAllText(Repository.PathOf("Dockerfile"))
        .Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    public static string User => Last("USER").Split(':')[0];

    public static IEnumerable<string> Ports => Last("EXPOSE").Split(' ');

    /// <summary>The last one of an instruction: earlier ones belong to earlier stages.</summary>
    public static string Last(string instruction) =>
        Lines.Last(line => line.StartsWith(instruction + " ", StringComparison.Ordinal))[(instruction.Length + 1)..].Trim();

    public static IEnumerable<string> All(string instruction) => Lines
        .Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal))
        .Select(line => line[(instruction.Length + 1)..].Trim());
}
