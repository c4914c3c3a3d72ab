using System.Reflection;
using ImOrleans.Client;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Hosting;
using ImOrleans.Storage;

namespace ImOrleans.Architecture.Tests;

/// <summary>References point one way: gateway to contracts to domain, grains to contracts, the store to the domain.</summary>
public sealed class ReferenceTests
{
    private const string Runtime = "ImOrleans.LocalRuntime";

    public static TheoryData<Assembly, string[]> Allowed => new()
    {
        { typeof(ErrorCatalog).Assembly, [Runtime] },
        { typeof(IRoomGrain).Assembly, [Runtime, "ImOrleans.Domain"] },
        { typeof(GrainServiceExtensions).Assembly, [Runtime, "ImOrleans.Domain", "ImOrleans.Grains.Abstractions"] },
        { typeof(GatewayServiceExtensions).Assembly, [Runtime, "ImOrleans.Domain", "ImOrleans.Grains.Abstractions"] },
        { typeof(DataDirectoryLock).Assembly, [Runtime, "ImOrleans.Domain"] },
        // An app takes the client and nothing of the server.
        { typeof(RtmClient).Assembly, [] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_project_refers_only_to_what_lies_below_it(Assembly assembly, string[] allowed)
    {
        var own = assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("ImOrleans.", StringComparison.Ordinal));
        Assert.Empty(own.Except(allowed));
    }

    [Fact]
    public void An_app_with_the_client_needs_no_Orleans() => Assert.DoesNotContain(
        typeof(RtmClient).Assembly.GetReferencedAssemblies(),
        reference => reference.Name!.Contains("Orleans", StringComparison.Ordinal));

    [Fact]
    public void Grains_and_domain_know_nothing_of_the_web()
    {
        Assembly[] inner = [typeof(ErrorCatalog).Assembly, typeof(IRoomGrain).Assembly, typeof(GrainServiceExtensions).Assembly];
        Assert.All(inner, assembly => Assert.DoesNotContain(
            assembly.GetReferencedAssemblies(),
            reference => reference.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)));
    }
}
