using System.Runtime.CompilerServices;

namespace ImOrleans.LocalRuntime;

/// <summary>Makes the state of a grain that has none stored.</summary>
internal static class StateFactory
{
    public static T Create<T>() =>
        typeof(T).IsValueType
            ? default!
            : typeof(T).GetConstructor(Type.EmptyTypes) is null
                ? (T)RuntimeHelpers.GetUninitializedObject(typeof(T))
                : Activator.CreateInstance<T>();
}
