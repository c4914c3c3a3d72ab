using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// Tells which services are singletons, so that grains that need no others need no scope of their own.
/// </summary>
internal sealed class ServiceLifetimes(IServiceCollection services)
{
    private readonly HashSet<Type> _singletons = SingletonsOf(services);

    public bool IsSingleton(Type type) =>
        _singletons.Contains(type)
        || (type.IsConstructedGenericType && _singletons.Contains(type.GetGenericTypeDefinition()));

    private static HashSet<Type> SingletonsOf(IServiceCollection services)
    {
        var lifetimes = new Dictionary<Type, ServiceLifetime>();
        foreach (var service in services.Where(static service => !service.IsKeyedService))
        {
            lifetimes[service.ServiceType] = service.Lifetime;
        }

        return [.. lifetimes.Where(static pair => pair.Value == ServiceLifetime.Singleton).Select(static pair => pair.Key)];
    }
}
