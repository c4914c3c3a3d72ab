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

    /// <summary>
    /// Lets calls of host code to activations with nothing to do begin on the caller's thread: mostly they are answered
    /// when they return, without any change of thread. Off by default.
    /// </summary>
    /// <remarks>
    /// <para>The caller gets its task back when the method has ended or awaits for the first time. So callers must not hold
    /// locks that grain code takes, and calls that compute for long do not run beside each other unless the callers
    /// do.</para>
    /// <para>Only on threads of the thread pool without a scheduler or synchronisation context of their own, and only with
    /// <see cref="ThreadPoolTurnScheduler"/>; elsewhere it has no effect. Everything else is as without it: turns of one
    /// activation do not overlap, and a call never overtakes another.</para>
    /// </remarks>
    public static ISiloBuilder BeginCallsOnCallersThread(this ISiloBuilder builder)
    {
        OptionsOf(builder).BeginsOnCallersThread = true;
        return builder;
    }

    private static LocalSiloOptions OptionsOf(ISiloBuilder builder) =>
        builder is SiloBuilder local
            ? local.Options
            : throw new ArgumentException("Not the builder of a Local silo.", nameof(builder));
}
