using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ImOrleans.Conformance.Tests;

/// <summary>Makes a value of any contract, and prints all that is in one, so that a copy can be held against it.</summary>
internal sealed class Copies(Func<Type, object> makeReference)
{
    private int _next;

    /// <summary>A value whose members, however deep, all differ from their defaults.</summary>
    public object Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Make(inner);
        if (type.IsInterface)
            return makeReference(type);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type == typeof(ReadOnlyMemory<byte>))
            return new ReadOnlyMemory<byte>([(byte)++_next, 0, 255]);
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2030, 1, 1, 0, 0, ++_next, TimeSpan.Zero);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromTicks(++_next);
        if (type == typeof(string))
            return $"text {++_next} \u00e9\ud83d\ude00";
        if (type == typeof(bool))
            return true;
        if (type.IsPrimitive)
            return Convert.ChangeType(++_next, type, null);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return MakeArray(type.GetGenericArguments()[0]);
        if (type.IsAbstract)
            return Make(type.Assembly.GetTypes().First(other => other.IsSubclassOf(type) && !other.IsAbstract));
        var constructor = type.GetConstructors().Where(candidate => !IsCopying(candidate, type))
            .MaxBy(candidate => candidate.GetParameters().Length);
        return constructor is null
            ? RuntimeHelpers.GetUninitializedObject(type)
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType))]);
    }

    /// <summary>All that is in a value.</summary>
    public static string Print(object? value)
    {
        var text = new StringBuilder();
        Print(value, text);
        return text.ToString();
    }

    private static bool IsCopying(ConstructorInfo candidate, Type type) =>
        candidate.GetParameters() is [{ ParameterType: var only }] && only == type;

    private object MakeArray(Type item)
    {
        var items = Array.CreateInstance(item, 2);
        for (var i = 0; i < items.Length; i++)
            items.SetValue(Make(item), i);
        return typeof(ImmutableArray).GetMethods()
            .First(method => method.Name == nameof(ImmutableArray.Create)
                && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(item).Invoke(null, [items])!;
    }

    private static void Print(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case IAddressable reference:
                text.Append(reference.GetGrainId());
                break;
            case ReadOnlyMemory<byte> bytes:
                text.Append(Convert.ToHexString(bytes.Span));
                break;
            case string or IFormattable or bool:
                text.Append(null, $"{value.GetType().Name} {value}");
                break;
            case IEnumerable items:
                foreach (var item in items)
                {
                    text.Append("\n- ");
                    Print(item, text);
                }

                break;
            default:
                text.Append(value.GetType()).Append(" {");
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(static property => property.GetCustomAttribute<IdAttribute>() is not null))
                {
                    text.Append(' ').Append(property.Name).Append(": ");
                    Print(property.GetValue(value), text);
                }

                text.Append(" }");
                break;
        }
    }
}
