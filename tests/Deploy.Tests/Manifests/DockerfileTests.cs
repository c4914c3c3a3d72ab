using ImOrleans.Silo;

namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>The image against the tree that it is built from.</summary>
public sealed class DockerfileTests
{
    [Fact]
    public void It_starts_the_silo_without_a_shell_and_not_as_root()
    {
        Assert.Equal("""["dotnet"]""", Dockerfile.Last("ENTRYPOINT"));
        Assert.Equal($"""["{typeof(SiloOptions).Assembly.GetName().Name}.dll"]""", Dockerfile.Last("CMD"));
        Assert.NotEqual("0", Dockerfile.User);
        Assert.Matches("^[0-9]+$", Dockerfile.User);
    }

    /// <summary>The folder that the server is told to keep data in is the one that its user may write.</summary>
    [Fact]
    public void Its_user_owns_the_data_folder()
    {
        Assert.Contains($"{DataDirectory.Setting.Replace(":", "__", StringComparison.Ordinal)}=/data", Dockerfile.Last("ENV"), StringComparison.Ordinal);
        Assert.Contains($"--chown={Dockerfile.User}:{Dockerfile.User} /out/data /data", Dockerfile.Last("COPY"), StringComparison.Ordinal);
    }

    [Fact]
    public void It_builds_the_flavour_that_it_is_told()
    {
        Assert.Contains("GRAIN_RUNTIME=Local", Dockerfile.All("ARG"));
        var publish = Assert.Single(Dockerfile.All("RUN"));
        Assert.Contains("dotnet publish src/Silo -c Release -p:GrainRuntime=$GRAIN_RUNTIME", publish, StringComparison.Ordinal);
    }

    /// <summary>A file that the build reads and the image does not get is only noticed when an image is built.</summary>
    [Fact]
    public void Its_context_holds_every_file_at_the_root_that_the_build_reads()
    {
        var context = File.ReadAllLines(Repository.PathOf(".dockerignore"))
            .Where(line => line.StartsWith('!')).Select(line => line[1..]).ToHashSet();
        var read = Directory.EnumerateFiles(Repository.Root)
            .Select(file => Path.GetFileName(file)!)
            .Where(name => name.StartsWith("Directory.", StringComparison.Ordinal)
                || name is "global.json" or ".editorconfig" or "BannedSymbols.txt");
        Assert.Subset(context, read.ToHashSet());
        Assert.Contains("src", context);
    }

    /// <summary>The silo's output holds the gateway as a program, not only as a library.</summary>
    [Fact]
    public void The_gateway_can_be_started_from_what_is_published_of_the_silo()
    {
        var silo = Path.Combine(
            AppContext.BaseDirectory, "..", "..", "Silo", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        Assert.True(File.Exists(Path.Combine(silo, "ImOrleans.Gateway.runtimeconfig.json")));
        Assert.True(File.Exists(Path.Combine(silo, "ImOrleans.Gateway.deps.json")));
    }
}
