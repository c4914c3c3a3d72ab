using System.Reflection;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Grains.Hosting;
using ImOrleans.Silo;

namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>The settings that the programs read, as their option classes tell.</summary>
internal static class Settings
{
    /// <summary>What the platform reads, not the project.</summary>
    public static readonly string[] Platform = ["ASPNETCORE_HTTP_PORTS"];

    private static readonly Assembly Gateway = typeof(GatewayServiceExtensions).Assembly;

    /// <summary>The option classes of a gateway process.</summary>
    public static IReadOnlyList<Type> OfGateway { get; } = [.. OptionsOf(Gateway)];

    /// <summary>The option classes of a silo without a gateway.</summary>
    public static IReadOnlyList<Type> OfSilo { get; } =
    [
        typeof(ClusterOptions), .. OptionsOf(typeof(GrainServiceExtensions).Assembly), .. OptionsOf(typeof(SiloOptions).Assembly),
    ];

    public static string SectionOf(Type options) =>
        (string)options.GetField("SectionName", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()!;

    /// <summary>The names as the environment has them.</summary>
    public static IEnumerable<string> NamesOf(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => $"{SectionOf(options)}__{property.Name}");

    private static IEnumerable<Type> OptionsOf(Assembly assembly) =>
        assembly.GetTypes().Where(type =>
            type.GetField("SectionName", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true });
}
