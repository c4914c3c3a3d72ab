using System.Reflection;
using ImOrleans.Client;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Grains.Hosting;
using ImOrleans.Storage;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Architecture.Tests;

/// <summary>Operators find a message by its number.</summary>
public sealed class LogEventTests
{
    [Fact]
    public void Every_log_message_has_a_number_of_its_own()
    {
        Assembly[] assemblies =
        [
            typeof(GatewayServiceExtensions).Assembly, typeof(GrainServiceExtensions).Assembly,
            typeof(DataDirectoryLock).Assembly, typeof(RtmClient).Assembly,
        ];
        var numbers = assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>()
            .ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct().Order(), numbers.Order());
    }
}
