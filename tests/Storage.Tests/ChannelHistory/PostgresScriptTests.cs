using ImOrleans.PostgresKit;
using ImOrleans.Storage.ChannelHistory;

namespace ImOrleans.Storage.Tests.ChannelHistory;

/// <summary>What operators apply is what the program would.</summary>
public sealed class PostgresScriptTests
{
    [Fact]
    public void Every_step_is_a_script_of_its_number()
    {
        for (var number = 1; number <= PostgresHistorySchema.Steps.Count; number++)
            Assert.Equal(
                PostgresHistorySchema.Steps[number - 1] + "\n",
                File.ReadAllText(Repository.PathOf("deploy", "k8s", "base", "sql", $"ImOrleans-History-{number}.sql")));
        Assert.False(File.Exists(Repository.PathOf(
            "deploy", "k8s", "base", "sql", $"ImOrleans-History-{PostgresHistorySchema.Steps.Count + 1}.sql")));
    }
}
