namespace ImOrleans.Domain.Tests;

/// <summary>A file of the repository that is written from code and compared with it.</summary>
/// <remarks>With <c>UPDATE_GOLDEN=1</c> in the environment it is written anew, and the comparison holds.</remarks>
internal static class RepositoryFile
{
    private const string Switch = "UPDATE_GOLDEN";

    public static void AssertHolds(string path, string expected)
    {
        var file = Path.Combine(Root(), path);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }

        var held = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(
            held == expected,
            $"{path} is not what the code says. Run the tests once with {Switch}=1, and look at the change.");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ImOrleans.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("The tests do not run inside of the repository.");
    }
}
