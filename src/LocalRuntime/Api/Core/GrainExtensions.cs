using System.Globalization;
using ImOrleans.LocalRuntime;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Identity and references of grains and of references to them.</summary>
public static class GrainExtensions
{
    /// <summary>A reference of the wanted interface to the same grain.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) =>
        (TGrainInterface)AsReference(grain, typeof(TGrainInterface));

    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) =>
        grain.AsReference<TGrainInterface>();

    public static object AsReference(this IAddressable grain, Type interfaceType)
    {
        ArgumentNullException.ThrowIfNull(grain);
        ArgumentNullException.ThrowIfNull(interfaceType);
        return grain switch
        {
            GrainReference reference when interfaceType.IsInstanceOfType(reference) => reference,
            GrainReference reference => reference.As(interfaceType),
            IGrainBase { GrainContext: Activation activation } =>
                activation.Silo.References.Create(interfaceType, activation.GrainId),
            _ => throw WrongGrain(grain),
        };
    }

    public static object Cast(this IAddressable grain, Type interfaceType) => grain.AsReference(interfaceType);

    public static GrainId GetGrainId(this IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            GrainReference reference => reference.GrainId,
            IGrainBase { GrainContext: { } context } => context.GrainId,
            _ => throw WrongGrain(grain),
        };
    }

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static Guid GetPrimaryKey(this IAddressable grain)
    {
        var id = grain.GetGrainId();
        return Guid.TryParseExact(id.Key.ToString(), "N", out var key)
            ? key
            : throw new InvalidOperationException($"Unable to extract GUID key from grain id {id}");
    }

    public static long GetPrimaryKeyLong(this IAddressable grain)
    {
        var id = grain.GetGrainId();
        return long.TryParse(id.Key.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new InvalidOperationException($"Unable to extract integer key from grain id {id}");
    }

    private static ArgumentException WrongGrain(IAddressable grain) =>
        new(
            $"An unexpected type was taken for a grain: {grain.GetType().FullName}. Derive from {nameof(Grain)} or"
            + $" implement {nameof(IGrainBase)}, and let the runtime create the instance.",
            nameof(grain));
}
