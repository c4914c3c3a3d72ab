using System.Globalization;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Silo;

namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>What operators read against the code.</summary>
public sealed class DeployPageTests
{
    [Fact]
    public void It_lists_every_setting_of_a_cluster_with_its_default()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "DEPLOY.md"));
        var listed = page.Split('\n')
            .Where(line => line.StartsWith("| `Cluster:", StringComparison.Ordinal) || line.StartsWith("| `Silo:", StringComparison.Ordinal))
            .Select(line => string.Join('|', line.Split('|')[..3]));
        var real = RowsOf(new ClusterOptions()).Concat(RowsOf(new SiloOptions()));
        Assert.Equal(real.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> RowsOf(object defaults) => defaults.GetType().GetProperties()
        .Where(property => property.CanWrite)
        .Select(property =>
        {
            var value = property.GetValue(defaults) switch
            {
                null => "none",
                bool flag => flag ? "`true`" : "`false`",
                var other => $"`{Convert.ToString(other, CultureInfo.InvariantCulture)}`",
            };
            return $"| `{Settings.SectionOf(defaults.GetType())}:{property.Name}` | {value} ";
        });
}
