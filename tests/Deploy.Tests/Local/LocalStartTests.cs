using ImOrleans.ClientKit;

namespace ImOrleans.Deploy.Tests.Local;

/// <summary>What a build with the Local runtime, one process, says to settings of a cluster; and where it keeps states.</summary>
public sealed class LocalStartTests
{
    private static readonly string Binaries = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Silo",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    [Fact]
    public async Task A_gateway_process_ends_with_a_line_that_says_why() =>
        await RefusesAsync("ImOrleans.Gateway.dll", "this is a build with the Local runtime, which is one process.");

    [Theory]
    [InlineData("--Silo:Gateway=false", "Cluster:Clustering and Silo:Gateway cannot be changed in a build with the Local runtime")]
    [InlineData("--Cluster:Clustering=PostgreSql", "Cluster: Cluster:ConnectionString is not set;")]
    [InlineData("--Cluster:Clustering=Postgres", "'Cluster:Clustering'")]
    [InlineData("--Cluster:ProbePeriod=00:00:00.9", "Cluster: The field ProbePeriod must be between 00:00:01 and 00:01:00.")]
    [InlineData("--Cluster:ClusterId=", "Cluster: The ClusterId field is required.")]
    [InlineData("--Silo:Port=0", "Silo: The field Port must be between 1 and 65535.")]
    [InlineData("--Silo:GatewayPort=11111", "Silo:Port and Silo:GatewayPort must differ.")]
    [InlineData("--Silo:AdvertisedAddress=0.0.0.0", "Silo:AdvertisedAddress must be the IP address of this silo, not '0.0.0.0'.")]
    [InlineData("--Silo:AdvertisedAddress=db", "Silo:AdvertisedAddress must be the IP address of this silo, not 'db'.")]
    public async Task A_setting_that_cannot_be_ends_the_start_with_a_line_that_names_it(string setting, string line) =>
        await RefusesAsync("ImOrleans.Silo.dll", line, setting);

    [Fact]
    public async Task States_are_kept_in_the_data_folder_and_a_damaged_file_ends_the_start()
    {
        string file;
        await using (var server = await ServerProcess.StartAsync(Path.Combine(Binaries, "ImOrleans.Silo.dll")))
        {
            file = Path.Combine(server.DataDirectory, "grains.db");
            Assert.True(File.Exists(file));
            await server.StopAsync(); // Leaves no log beside the file from which it would be mended.
        }

        await File.WriteAllTextAsync(file, new string('x', 8192));
        await RefusesInAsync(Path.GetDirectoryName(file)!, "ImOrleans.Silo.dll", file);
    }

    private static Task RefusesAsync(string program, string line, params string[] arguments) =>
        RefusesInAsync(Directory.CreateTempSubdirectory("imorleans-").FullName, program, line, arguments);

    private static async Task RefusesInAsync(
        string dataDirectory, string program, string line, params string[] arguments)
    {
        var ended = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(Path.Combine(Binaries, program), dataDirectory, arguments: arguments));
        Assert.Contains("The server cannot start: ", ended.Message, StringComparison.Ordinal);
        Assert.Contains(line, ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ImOrleans.", ended.Message, StringComparison.Ordinal);
    }
}
