namespace Orleans;

/// <summary>A grain factory of host code, with the services of its host.</summary>
public interface IClusterClient : IGrainFactory
{
    IServiceProvider ServiceProvider { get; }
}
