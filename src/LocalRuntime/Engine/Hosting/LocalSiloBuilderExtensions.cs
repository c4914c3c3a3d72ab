using System.Reflection;
using Orleans.Hosting;

namespace ImOrleans.LocalRuntime;

/// <summary>What only a silo of the Local runtime is told.</summary>
public static class LocalSiloBuilderExtensions
{
    /// <summary>Adds all grain classes of an assembly.</summary>
    public static ISiloBuilder AddGrains(this ISiloBuilder builder, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return builder.AddGrains([.. assembly.GetTypes().Where(GrainClass.IsGrain)]);
    }

    /// <summary>Adds some grain classes.</summary>
    public static ISiloBuilder AddGrains(this ISiloBuilder builder, params Type[] grainClasses)
    {
        ArgumentNullException.ThrowIfNull(grainClasses);
        var known = OptionsOf(builder).GrainClasses;
        foreach (var type in grainClasses)
        {
            if (!GrainClass.IsGrain(type))
            {
                throw new ArgumentException($"{type} is not a grain class.", nameof(grainClasses));
            }

            if (!known.Contains(type))
            {
                known.Add(type);
            }
        }

        return builder;
    }

    /// <summary>Names the silo; by default it is numbered.</summary>
    public static ISiloBuilder UseSiloName(this ISiloBuilder builder, string name)
    {
        OptionsOf(builder).Name = name;
        return builder;
    }

    private static LocalSiloOptions OptionsOf(ISiloBuilder builder) =>
        builder is SiloBuilder local
            ? local.Options
            : throw new ArgumentException("Not the builder of a Local silo.", nameof(builder));
}
