using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// Copies as a serialiser would: what carries <see cref="GenerateSerializerAttribute"/> by its members with an
/// <see cref="IdAttribute"/>, all others of which are left at their defaults. Slower than passing by reference by far: for
/// tests.
/// </summary>
/// <remarks>
/// Immutable values of the framework, exceptions, references to grains and observers, and cancellation tokens are passed on
/// as they are. Arrays, <see cref="ImmutableArray{T}"/>, <see cref="ReadOnlyMemory{T}"/>, lists, sets and dictionaries are
/// copied with what they hold.
/// </remarks>
public sealed class DeepCopier : ICallValueCopier
{
    private static readonly ConcurrentDictionary<Type, Func<object, object>> Copiers = new();

    /// <summary>A copy that shares nothing mutable with the value.</summary>
    /// <exception cref="NotSupportedException">A serialiser would not know what to do with a type in the value.</exception>
    public T Copy<T>(T value) => value is null ? value : (T)CopyObject(value);

    private static object CopyObject(object value) => Copiers.GetOrAdd(value.GetType(), CopierOf)(value);

    private static object? CopyItem(object? value) => value is null ? null : CopyObject(value);

    private static Func<object, object> CopierOf(Type type)
    {
        if (IsImmutable(type))
        {
            return static value => value;
        }

        if (type.IsArray)
        {
            return CopyArray;
        }

        if (type.IsGenericType && Known(type) is { } known)
        {
            return known.MakeGenericMethod(type.GetGenericArguments()).CreateDelegate<Func<object, object>>();
        }

        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !IsTuple(type))
        {
            throw new NotSupportedException(
                $"{type} goes between silos and has no {nameof(GenerateSerializerAttribute)}.");
        }

        var fields = FieldsOf(type).ToArray();
        return value =>
        {
            var copy = RuntimeHelpers.GetUninitializedObject(type);
            foreach (var field in fields)
            {
                field.SetValue(copy, CopyItem(field.GetValue(value)));
            }

            return copy;
        };
    }

    private static bool IsImmutable(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(Guid)
        || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan)
        || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(Uri) || type == typeof(Version)
        || type == typeof(CancellationToken) || type == typeof(GrainId) || type == typeof(SiloAddress)
        || type == typeof(VoidResult) || type == typeof(object)
        || typeof(Exception).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type)
        || typeof(IAddressable).IsAssignableFrom(type);

    private static bool IsTuple(Type type) => typeof(ITuple).IsAssignableFrom(type)
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    /// <summary>The fields behind the members that have a number; all of those of a tuple.</summary>
    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.DeclaredOnly;
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            var numbered = level.GetProperties(Own)
                .Where(static property => property.IsDefined(typeof(IdAttribute), inherit: false))
                .Select(static property => $"<{property.Name}>k__BackingField")
                .ToHashSet(StringComparer.Ordinal);
            foreach (var field in level.GetFields(Own))
            {
                if (IsTuple(type) || numbered.Contains(field.Name) || field.IsDefined(typeof(IdAttribute), inherit: false))
                {
                    yield return field;
                }
            }
        }
    }

    private static MethodInfo? Known(Type type)
    {
        var definition = type.GetGenericTypeDefinition();
        var name = definition == typeof(ImmutableArray<>) ? nameof(CopyImmutableArray)
            : definition == typeof(ReadOnlyMemory<>) ? nameof(CopyReadOnlyMemory)
            : definition == typeof(Memory<>) ? nameof(CopyMemory)
            : definition == typeof(List<>) ? nameof(CopyList)
            : definition == typeof(HashSet<>) ? nameof(CopyHashSet)
            : definition == typeof(Dictionary<,>) ? nameof(CopyDictionary)
            : null;
        return name is null ? null : typeof(DeepCopier).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic);
    }

    private static object CopyArray(object value)
    {
        var copy = (Array)((Array)value).Clone();
        if (IsImmutable(copy.GetType().GetElementType()!))
        {
            return copy;
        }

        if (copy.Rank > 1)
        {
            throw new NotSupportedException($"{copy.GetType()} has more than one dimension.");
        }

        for (var i = 0; i < copy.Length; i++)
        {
            copy.SetValue(CopyItem(copy.GetValue(i)), i);
        }

        return copy;
    }

#pragma warning disable CA1859 // The delegates that are made of these return objects.
    private static object CopyImmutableArray<T>(object value)
    {
        var array = (ImmutableArray<T>)value;
        return array.IsDefault ? array : ImmutableArray.CreateRange(array, static item => (T)CopyItem(item)!);
    }

    private static object CopyReadOnlyMemory<T>(object value) =>
        new ReadOnlyMemory<T>((T[])CopyArray(((ReadOnlyMemory<T>)value).ToArray()));

    private static object CopyMemory<T>(object value) => new Memory<T>((T[])CopyArray(((Memory<T>)value).ToArray()));

    private static object CopyList<T>(object value) => ((List<T>)value).ConvertAll(static item => (T)CopyItem(item)!);

    private static object CopyHashSet<T>(object value)
    {
        var set = (HashSet<T>)value;
        return new HashSet<T>(set.Select(static item => (T)CopyItem(item)!), set.Comparer);
    }

    private static object CopyDictionary<TKey, TValue>(object value)
        where TKey : notnull
    {
        var dictionary = (Dictionary<TKey, TValue>)value;
        return dictionary.ToDictionary(
            static entry => (TKey)CopyObject(entry.Key), static entry => (TValue)CopyItem(entry.Value)!, dictionary.Comparer);
    }
#pragma warning restore CA1859
}
