using ImOrleans.PostgresKit;
using ImOrleans.Storage.ChannelHistory;
using ImOrleans.Storage.MessageLog;

namespace ImOrleans.Storage.Tests.ChannelHistory;

/// <summary>What operators apply is what the program would.</summary>
public sealed class PostgresScriptTests
{
    public static TheoryData<string, string[]> Parts => new()
    {
        { "History", [.. PostgresHistorySchema.Steps] },
        { "Messages", [.. PostgresLogSchema.Steps] },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void Every_step_is_a_script_of_its_number(string part, string[] steps)
    {
        for (var number = 1; number <= steps.Length; number++)
            Assert.Equal(steps[number - 1] + "\n", File.ReadAllText(ScriptOf(part, number)));
        Assert.False(File.Exists(ScriptOf(part, steps.Length + 1)));
    }

    private static string ScriptOf(string part, int number) =>
        Repository.PathOf("deploy", "k8s", "base", "sql", $"ImOrleans-{part}-{number}.sql");
}
